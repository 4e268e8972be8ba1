/**
 * What a change of endpoints does to names of ports.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { NamedPortMap } from '../../cilium/named-ports.ts';
import { namesIn, type PortHolder, type PortName } from './port-name.ts';

export class PortChange {
  /** Holders of which some endpoint has named ports that none had, or the last such endpoint went; with those names. */
  readonly holders = new Map<PortHolder, Set<PortName>>();
  /** Names whose one port in the whole cluster is another one now, or none. */
  readonly values = new Set<PortName>();

  touch(holder: PortHolder, ports: NamedPortMap): void {
    const names = getOrMake(this.holders, holder, () => new Set<PortName>());
    for (const [name] of namesIn(ports)) names.add(name);
  }

  add({ holders, values }: PortChange): void {
    for (const name of values) this.values.add(name);
    for (const [holder, names] of holders) {
      const all = getOrMake(this.holders, holder, () => new Set<PortName>());
      for (const name of names) all.add(name);
    }
  }
}
