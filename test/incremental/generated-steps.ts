/**
 * The steps of a larger cluster: that of the engine's benchmark, made once, and then what changes in a cluster all day. Pods and
 * identities come and go, some with labels that nobody had, namespaces get another tenant, policies are written anew.
 */
import type { LabelArray } from '../../src/cilium/identity/label.ts';
import { NO_PORTS } from '../../src/cilium/named-ports.ts';
import { labelArray } from '../../src/cilium/identity/label.ts';
import { refOf, type CiliumIdentity, type ClusterObject } from '../../src/cilium/objects.ts';
import { planCluster, type ClusterPlan } from '../../bench/engine/cluster.ts';
import { clusterObjects } from '../../bench/engine/cluster-objects.ts';
import { clusterAtScale } from '../../bench/engine/parameters.ts';
import { PolicyAuthor } from '../../bench/engine/policies.ts';
import { pod } from '../../bench/workload/pods.ts';
import { namespaceObjects } from '../../bench/workload/plan.ts';
import { seededRandom, type Random } from '../../bench/workload/random.ts';
import { withNewLabel } from '../../bench/workload/reviews.ts';
import { ciliumConfig, decoded } from '../support/objects.ts';
import type { Newcomer } from './newcomers.ts';
import type { Question, Step } from './steps.ts';

/** As small as they may be, so that some are nearly full. */
const SMALL_MAPS = ciliumConfig({ 'enable-ipv6': 'false', 'bpf-policy-map-max': '256' });

export class GeneratedCluster {
  readonly #plan: ClusterPlan;
  readonly #objects: readonly ClusterObject[];
  readonly #changing: readonly ClusterObject[];
  readonly #identities: readonly CiliumIdentity[];
  readonly #random: Random;
  readonly #author: PolicyAuthor;

  constructor(scale: number, seed: number) {
    this.#plan = planCluster({ ...clusterAtScale(scale, seed), podBytes: 0 });
    this.#objects = [...clusterObjects(this.#plan), SMALL_MAPS].map(decoded);
    this.#changing = this.#objects.filter(({ kind }) => kind !== 'ConfigMap' && kind !== 'DaemonSet');
    this.#identities = this.#objects.filter((object) => object.kind === 'CiliumIdentity');
    this.#random = seededRandom(seed);
    this.#author = new PolicyAuthor(this.#plan, seed);
  }

  *steps(): Iterable<Step> {
    for (const object of this.#objects) yield { do: 'put', object };
    for (;;) yield this.#random.below(3) === 0 ? { do: 'ask', question: this.#question() } : this.#change();
  }

  /** Labels that differ from those of an identity in one value. */
  newcomer(): Newcomer {
    const { securityLabels } = this.#random.pick(this.#identities);
    const labels: LabelArray = labelArray(
      securityLabels.map((label) =>
        label.key === 'example.com/release' ? { ...label, value: `release-${this.#random.below(50)}` } : label,
      ),
    );
    return { labels, ports: NO_PORTS };
  }

  object(): ClusterObject {
    return this.#random.below(3) === 0 ? this.#fresh() : this.#random.pick(this.#changing);
  }

  #change(): Step {
    const chance = this.#random.below(20);
    if (chance < 7) return { do: 'drop', ref: refOf(this.#random.pick(this.#changing)) };
    if (chance < 8) return { do: 'again', back: this.#random.below(3) };
    return { do: 'put', object: this.object() };
  }

  /** Under a name that is there, with something that was not. */
  #fresh(): ClusterObject {
    const random = this.#random;
    const serial = random.below(50);
    const { namespaces, deployments, parameters } = this.#plan;
    switch (random.below(8)) {
      case 0: {
        const { name } = random.pick(namespaces);
        const [raw = {}] = namespaceObjects([{ name, tenant: `tenant-${random.below(3)}` }]);
        return decoded(raw);
      }
      case 1:
      case 2:
      case 3:
        return decoded(this.#author.policy(`policy-${random.below(parameters.policies)}`));
      default: {
        const like = random.pick(deployments);
        return decoded(pod(withNewLabel(like, `release-${serial}`), `${like.name}-0`, 0));
      }
    }
  }

  #question(): Question {
    const pick = this.#random.below(1_000_000);
    const newcomer = this.newcomer();
    switch (this.#random.below(12)) {
      case 0:
        return { about: 'settled', pick };
      case 1:
        return { about: 'unused', newcomer };
      case 2:
        return { about: 'what-if-meanwhile', object: this.object(), pick };
      case 3:
        return { about: 'gains-meanwhile', newcomer };
      case 4:
        return { about: 'count-meanwhile', pick };
      case 5:
      case 6:
        return { about: 'go-on', steps: this.#random.pick([1, 3, 1_000_000]) };
      case 7:
        return { about: 'gains', newcomer };
      case 8:
        return { about: 'identity', pick };
      default:
        return { about: 'count', pick };
    }
  }
}
