/**
 * Binds a server to its address.
 */
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { listenErrorText } from '../../system-error.ts';

export interface ListenAddress {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

/** The address in use. Throws, naming the address, where it cannot be bound. */
export async function listen(server: Server, { host, port }: ListenAddress): Promise<AddressInfo> {
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (cause) {
    throw new Error(`cannot listen on "${host}" port ${port}: ${listenErrorText(cause)}`, { cause });
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`"${host}" is not a host with a port`);
  return address;
}
