{{- /* What every hook says. Called with the root and the failurePolicy. */ -}}
{{- define "cilium-bulkhead.hook" -}}
{{- $root := index . 0 -}}
admissionReviewVersions: [v1]
sideEffects: NoneOnDryRun
failurePolicy: {{ index . 1 }}
timeoutSeconds: {{ $root.Values.webhook.timeoutSeconds }}
clientConfig:
  service: { namespace: {{ $root.Release.Namespace }}, name: cilium-bulkhead, path: /validate, port: 443 }
  {{- if eq $root.Values.certificates.mode "provided" }}
  caBundle: {{ b64enc $root.Values.certificates.provided.caBundle }}
  {{- end }}
namespaceSelector:
  matchExpressions:
    - key: kubernetes.io/metadata.name
      operator: NotIn
      values: [{{ join ", " (append $root.Values.webhook.excludedNamespaces $root.Release.Namespace | uniq) }}]
{{- end -}}
