/**
 * A trap of the label filter as a finding about cilium-config. It is nobody's submission, so that its fix is words.
 */
import { formatRuleOrigin } from '../../cilium/identity/filter-rule.ts';
import type { Label } from '../../cilium/identity/label.ts';
import type { ObjectRef } from '../../cilium/objects.ts';
import type { Settings } from '../../cluster/settings.ts';
import type { Finding, Fix } from '../check.ts';
import { identityCertainty } from '../facts/certainty.ts';
import { quotedList } from '../facts/wording.ts';
import type { Correction, Trap } from './trap.ts';

export const FIELD_OF_LABELS = 'data.labels';
const FIELDS = { labels: FIELD_OF_LABELS, file: 'data.label-prefix-file' } as const;

/** Of each list. */
const MOST_SHOWN = 10;

export function findingOf(trap: Trap, object: ObjectRef, settings: Settings): Finding {
  const { id, reason, where, entry, rule, labels, lost = [], causes = [], error, correction } = trap;
  return {
    id,
    severity: id === 'filter-refused' ? 'violation' : 'advice',
    certainty: identityCertainty(settings),
    subject: object,
    audience: 'platform',
    field: FIELDS[where],
    facts: {
      reason,
      ...(entry === undefined ? {} : { entry: entry.text, position: entry.position }),
      ...(rule === undefined ? {} : { rule: formatRuleOrigin(rule.origin) }),
      labels: shownKeys(labels),
      ...(lost.length === 0 ? {} : { lost: shownKeys(lost) }),
    },
    details: {
      labels: labels.length,
      lost: lost.length,
      policies: causes.length,
      ...(error === undefined ? {} : { error }),
    },
    causes: causes.slice(0, MOST_SHOWN),
    proposals: correction === undefined ? [] : [fixOf(correction)],
  };
}

function shownKeys(labels: readonly Label[]): readonly string[] {
  return labels.slice(0, MOST_SHOWN).map(({ key }) => key);
}

function fixOf({ labels, gained, lost }: Correction): Fix {
  const value = labels === '' ? 'leave `labels` out' : `write labels: ${inYAML(labels)}`;
  const changes = [
    ...(gained.length === 0 ? [] : [`keeps ${quotedList(shownKeys(gained), gained.length)}`]),
    ...(lost.length === 0 ? [] : [`drops ${quotedList(shownKeys(lost), lost.length)}`]),
  ];
  return { kind: 'words', text: changes.length === 0 ? value : `${value}; it ${changes.join(' and ')}` };
}

/** A plain scalar that starts with "!" would be a tag, and double quotes would take the backslashes. */
function inYAML(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
