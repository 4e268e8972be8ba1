/**
 * Whether a mutant is a program at all: what the compiler refuses nobody can commit, whatever the tests say of it.
 *
 * Asks about the mutated file alone, with the sources as they are around it.
 * Cost: some seconds for the first, then one check of a file.
 */
import { dirname } from 'node:path';
import ts from 'typescript';
import { mutated, type Mutant } from './mutant.ts';
import { repository } from './repository.ts';

export class Compiler {
  readonly #service: ts.LanguageService;
  #file = '';
  #text = '';
  #version = 0;

  constructor() {
    const path = repository('tsconfig.json');
    const read = ts.readConfigFile(path, (name) => ts.sys.readFile(name));
    const { options } = ts.parseJsonConfigFileContent(
      read.config,
      { ...ts.sys, readDirectory: () => [] },
      dirname(path),
    );
    this.#service = ts.createLanguageService({
      fileExists: (name) => ts.sys.fileExists(name),
      readFile: (name) => ts.sys.readFile(name),
      directoryExists: (name) => ts.sys.directoryExists(name),
      getDirectories: (name) => ts.sys.getDirectories(name),
      realpath: (name) => ts.sys.realpath?.(name) ?? name,
      getCompilationSettings: () => options,
      getScriptFileNames: () => (this.#file === '' ? [] : [this.#file]),
      getScriptVersion: (name) => (name === this.#file ? String(this.#version) : 'as it is'),
      getScriptSnapshot: (name) => snapshotOf(name === this.#file ? this.#text : ts.sys.readFile(name)),
      getDefaultLibFileName: (of) => ts.getDefaultLibFilePath(of),
      getCurrentDirectory: () => dirname(path),
    });
  }

  takes(mutant: Mutant, text: string): boolean {
    this.#file = repository(mutant.file);
    this.#text = mutated(mutant, text);
    this.#version += 1;
    const service = this.#service;
    const found = [...service.getSyntacticDiagnostics(this.#file), ...service.getSemanticDiagnostics(this.#file)];
    return found.length === 0;
  }
}

function snapshotOf(text: string | undefined): ts.IScriptSnapshot | undefined {
  return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
}
