/**
 * Whether a request comes from a program on this machine, or through a tunnel that ends on it (`kubectl port-forward`).
 */
import type { IncomingMessage } from 'node:http';

/** A page in a browser of this machine is somebody else's: browsers send `Origin` with every POST. */
export function isFromThisMachine({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): boolean {
  return isLoopback(socket.remoteAddress ?? '') && headers.origin === undefined;
}

/** An IPv4 address may be written as IPv6, as servers on `::` see it. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/i.test(address);
}
