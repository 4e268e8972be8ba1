/**
 * How the objects of a cluster are judged in an audit, where nobody asks: by the tenant and the age of each.
 *
 * Cost: O(exemptions) for each finding, O(1) for each look-up of an object.
 */
import type { CheckId } from '../checks/facts/finding-facts.ts';
import { storedObject } from '../checks/facts/stored-object.ts';
import type { ObjectRef } from '../cilium/objects.ts';
import type { Tenant } from '../cluster/tenant.ts';
import type { ClusterView } from '../cluster/view.ts';
import { standingOf, strictestModes, type Standing, type StandingQuestion } from './standing.ts';

export class Standings {
  readonly #view: ClusterView;
  readonly #question: StandingQuestion;

  constructor(view: ClusterView, question: StandingQuestion) {
    this.#view = view;
    this.#question = question;
  }

  ofTenant(tenant: Tenant): Standing {
    return standingOf({ tenants: [tenant] }, this.#question);
  }

  ofSubject(ref: ObjectRef): Standing {
    const tenant = this.#view.tenantOf(ref.kind === 'Namespace' ? ref.name : ref.namespace);
    return standingOf({ tenants: [tenant], created: storedObject(this.#view, ref)?.created }, this.#question);
  }

  /** Whether the check is on for anybody. */
  someoneHas(check: CheckId): boolean {
    const { settings, rules } = this.#question;
    return strictestModes(settings, rules)[check] !== 'off';
  }
}
