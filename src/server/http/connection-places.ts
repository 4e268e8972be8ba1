/**
 * The places for connections: one rule for what happens when all are taken.
 *
 * A new connection takes the place of the one that has been longest without a review being judged, whatever that one does:
 * it may be idle, in its handshake, sending slowly, or not reading its answer. So nobody keeps others out by holding places,
 * and what is being judged is never cut off. Where every other connection is being judged, the new one itself goes.
 * Cost: a map look-up for each review.
 */
import type { Server, Socket } from 'node:net';

type Peer = Pick<Socket, 'remoteAddress' | 'remotePort' | 'localAddress' | 'localPort'>;

interface Connection {
  readonly socket: Socket;
  /** Requests may be sent without waiting for the answers. */
  judged: number;
}

export interface ConnectionPlacesOptions {
  readonly server: Server;
  readonly limit: number;
  /** Called for each connection that had to go. */
  readonly onDisplaced: () => void;
}

export class ConnectionPlaces {
  readonly #options: ConnectionPlacesOptions;
  readonly #open = new Set<Connection>();
  /** The longest waiting one first. */
  readonly #waiting = new Set<Connection>();
  /** A request knows its TLS socket, and not the TCP socket below it, but both have the same addresses. */
  readonly #byAddresses = new Map<string, Connection>();

  constructor(options: ConnectionPlacesOptions) {
    this.#options = options;
    options.server.on('connection', (socket: Socket) => this.#add(socket));
  }

  /** Keeps the place of a connection while a review of it is judged. Returns how to end that, to be called once. */
  hold(peer: Peer): () => void {
    const connection = this.#byAddresses.get(addressesOf(peer));
    if (connection === undefined) return () => undefined;
    connection.judged += 1;
    this.#waiting.delete(connection);
    return () => {
      connection.judged -= 1;
      if (connection.judged === 0 && this.#open.has(connection)) this.#waiting.add(connection);
    };
  }

  #add(socket: Socket): void {
    const connection: Connection = { socket, judged: 0 };
    // Asked for now: a socket that is closed has no addresses any more.
    const addresses = addressesOf(socket);
    this.#open.add(connection);
    this.#waiting.add(connection);
    this.#byAddresses.set(addresses, connection);
    socket.once('close', () => {
      this.#remove(connection);
      if (this.#byAddresses.get(addresses) === connection) this.#byAddresses.delete(addresses);
    });
    if (this.#open.size > this.#options.limit) this.#displaceOne();
  }

  #displaceOne(): void {
    const [longest] = this.#waiting;
    if (longest === undefined) return;
    this.#remove(longest);
    longest.socket.destroy();
    this.#options.onDisplaced();
  }

  #remove(connection: Connection): void {
    this.#open.delete(connection);
    this.#waiting.delete(connection);
  }
}

function addressesOf({ remoteAddress, remotePort, localAddress, localPort }: Peer): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
