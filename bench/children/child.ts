/**
 * A process of its own for what is measured, so that nothing shares its heap, its JIT and its CPU account.
 *
 * It ends when the benchmark does: its channel closes.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Question, Report, ReportOf } from './protocol.ts';

export interface ChildOptions {
  /** A file of this folder. */
  readonly program: string;
  /** Where this folder is built; absent: its sources run. */
  readonly built?: string;
  readonly args: readonly string[];
  readonly nodeOptions?: readonly string[];
}

export class Child {
  readonly #process: ChildProcess;
  readonly #program: string;

  constructor({ program, built, args, nodeOptions = [] }: ChildOptions) {
    this.#program = program;
    const source = fileURLToPath(new URL(program, import.meta.url));
    const file = built === undefined ? source : join(built, program.replace(/\.ts$/, '.js'));
    this.#process = fork(file, args, { execArgv: [...nodeOptions] });
  }

  ask<Type extends Report['type']>(question: Question, type: Type): Promise<ReportOf<Type>> {
    this.#process.send(question);
    return this.next(type);
  }

  /** The next report, which has to be of this type. */
  next<Type extends Report['type']>(type: Type): Promise<ReportOf<Type>> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null): void =>
        reject(new Error(`${this.#program} ended with ${code ?? 'a signal'}`));
      this.#process.once('exit', onExit);
      this.#process.once('message', (message) => {
        this.#process.off('exit', onExit);
        const report = message as Report;
        if (isOf(report, type)) resolve(report);
        else reject(new Error(`${this.#program} said ${report.type} instead of ${type}`));
      });
    });
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#process.exitCode !== null || this.#process.signalCode !== null) {
        resolve();
        return;
      }
      this.#process.once('exit', () => resolve());
      this.#process.kill();
    });
  }
}

function isOf<Type extends Report['type']>(report: Report, type: Type): report is ReportOf<Type> {
  return report.type === type;
}
