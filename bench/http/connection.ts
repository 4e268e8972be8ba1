/**
 * One TLS connection that sends a request, waits for its response, and is kept for the next, as the API server does.
 */
import { connect, type TLSSocket } from 'node:tls';
import { ResponseReader, type Response } from './response-reader.ts';

export interface Address {
  readonly port: number;
  readonly ca: string;
}

interface Waiting {
  readonly resolve: (response: Response) => void;
  readonly reject: (error: Error) => void;
}

export class Connection {
  readonly #socket: TLSSocket;
  readonly #reader = new ResponseReader();
  #waiting: Waiting | undefined;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
    socket.on('error', (error: Error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(new Error('the server closed a connection')));
  }

  static async open({ port, ca }: Address): Promise<Connection> {
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca });
    await new Promise((resolve, reject) => {
      socket.once('secureConnect', resolve).once('error', reject);
    });
    return new Connection(socket);
  }

  /** One at a time. */
  exchange(request: Buffer): Promise<Response> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #received(chunk: Buffer): void {
    try {
      const response = this.#reader.take(chunk);
      if (response !== undefined) this.#waiting?.resolve(response);
    } catch (error) {
      this.#waiting?.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
