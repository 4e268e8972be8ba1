{{- /* Names and labels are the same everywhere: a cluster has one of these. */ -}}
{{- define "cilium-bulkhead.selector" -}}
app.kubernetes.io/name: cilium-bulkhead
{{- end -}}

{{- define "cilium-bulkhead.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}}
{{ $image.repository }}@{{ $image.digest }}
{{- else -}}
{{ $image.repository }}:{{ $image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- /* Where files with a certificate are mounted from. */ -}}
{{- define "cilium-bulkhead.tlsSecret" -}}
{{- if eq .Values.certificates.mode "cert-manager" -}}
cilium-bulkhead-tls
{{- else if eq .Values.certificates.mode "provided" -}}
{{ .Values.certificates.provided.secretName }}
{{- end -}}
{{- end -}}

{{- define "cilium-bulkhead.ciliumNamespace" -}}
{{ dig "cilium" "namespace" "kube-system" .Values.config }}
{{- end -}}

{{- /* Each check is named, so that whoever opens the ConfigMap sees what there is to raise. */ -}}
{{- define "cilium-bulkhead.config" -}}
{{- $checks := dict -}}
{{- range list "identity-churn" "deny-contradiction" "policy-map-overflow" "invalid-policy" "policy-pitfalls" "reserved-labels" "label-filter" -}}
{{- $_ := set $checks . (dict "mode" $.Values.mode) -}}
{{- end -}}
{{- $config := mustMergeOverwrite (dict "checks" $checks) (deepCopy .Values.config) -}}
{{- if .Values.customWorkloads -}}
{{- $workloads := list -}}
{{- range .Values.customWorkloads -}}
{{- $workloads = append $workloads (omit . "resource") -}}
{{- end -}}
{{- $_ := set $config "workloads" $workloads -}}
{{- end -}}
apiVersion: cilium-bulkhead/v1
kind: Config
{{ toYaml $config }}
{{- end -}}
