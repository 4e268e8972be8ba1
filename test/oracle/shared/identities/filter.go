// Package identities answers which labels make an identity: pkg/k8s, pkg/labelsfilter, pkg/identity of Cilium.
package identities

import (
	"errors"
	"fmt"
	"os"

	"github.com/cilium/cilium/pkg/labels"
	"github.com/cilium/cilium/pkg/labelsfilter"
	"github.com/spf13/viper"

	"bulkhead.test/oracle/cases"
	"bulkhead.test/oracle/silent"
)

// errPanic wraps what Cilium panics with.
var errPanic = errors.New("panic")

// setFilter calls labelsfilter.ParseLabelPrefixCfg, which replaces the filter of the whole process. On an error the
// filter before it stays in force: nobody may ask it then.
func setFilter(config cases.FilterConfig) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%w: %v", errPanic, cause)
		}
	}()
	file, err := writePrefixFile(config.LabelPrefixFile)
	if err != nil {
		return err
	}
	if file != "" {
		defer os.Remove(file)
	}
	return labelsfilter.ParseLabelPrefixCfg(silent.Log, splitLabels(config.LabelsConfig), nil, file)
}

// splitLabels reads the value as the agent does, out of a ConfigMap merged into viper.
func splitLabels(value string) []string {
	settings := viper.New()
	if err := settings.MergeConfigMap(map[string]any{"labels": value}); err != nil {
		return nil
	}
	return settings.GetStringSlice("labels")
}

func writePrefixFile(content string) (name string, err error) {
	if content == "" {
		return "", nil
	}
	file, err := os.CreateTemp("", "label-prefixes-*.json")
	if err != nil {
		return "", err
	}
	_, err = file.WriteString(content)
	return file.Name(), errors.Join(err, file.Close())
}

func refusedConfig(err error) cases.Refusal {
	if errors.Is(err, errPanic) {
		return cases.Refused("panic", err)
	}
	return cases.Refused("config", err)
}

// AnswerFilter filters labels that stand in the question as they are, without the rewriting of labels.NewLabel.
func AnswerFilter(question cases.FilterQuestion) any {
	if err := setFilter(question.FilterConfig); err != nil {
		return refusedConfig(err)
	}
	all := make(labels.Labels, len(question.Input))
	for _, label := range question.Input {
		all[label.Key] = labels.Label{Source: label.Source, Key: label.Key, Value: label.Value}
	}
	kept, dropped := labelsfilter.Filter(all)
	return cases.FilterAnswer{OK: true, IdentityLabels: printed(kept), InfoLabels: printed(dropped)}
}

// printed sorts by key, as Cilium's own LabelArray does.
func printed(all labels.Labels) []string {
	texts := make([]string, 0, len(all))
	for _, label := range all.LabelArray() {
		texts = append(texts, label.String())
	}
	return texts
}
