/**
 * `explain`: which identity a pod gets and why; which rule is behind each entry of a policy map; what becomes of a flow; a past
 * decision.
 */
import type { Command } from 'commander';
import { namedPorts } from '../cilium/named-ports.ts';
import { HOST_IDENTITY } from '../cilium/policy/resolve.ts';
import { explainMap, explainPod } from '../review/explain.ts';
import type { Explanation, MapExplanation } from '../review/explanations.ts';
import type { ClusterView } from '../cluster/view.ts';
import type { CommandContext } from './command-context.ts';
import { CommandError } from './command-error.ts';
import { DECISION_HELP, decisionExplanation, type DecisionOptions } from './explain-decision.ts';
import { flowExplanation, FLOW_HELP, type FlowOptions } from './explain-flow.ts';
import { loadModel } from './load-model.ts';
import { configFrom, withOutput, withSource, type SourceOptions } from './options.ts';
import { identityOfPod, podOf } from './named-pod.ts';
import { createOutput, type OutputFormat } from './output.ts';
import { progressOn } from './progress.ts';

interface ExplainOptions extends SourceOptions {
  readonly output: OutputFormat;
}

interface MapOptions extends ExplainOptions {
  readonly node?: string;
}

export function explainCommand(program: Command, context: CommandContext): void {
  const explain = program
    .command('explain')
    .summary('show how an answer comes about')
    .description(
      'Shows how an answer comes about: the identity of a pod, the entries of a policy map, what becomes of a flow, or a past decision.',
    );
  withOutput(withSource(explain.command('pod')))
    .argument('<namespace/name>', 'the pod')
    .summary('the identity of a pod, label by label')
    .description('Shows which labels are part of the identity of a pod, and the filter rule that keeps or drops each.')
    .addHelpText('after', '\nExample:\n  cilium-bulkhead explain pod vault/vault-0 --demo')
    .action((name: string, options: ExplainOptions) =>
      explained(options, context, (view) => explainPod(view, podOf(view, name))),
    );
  withOutput(withSource(explain.command('map')))
    .argument('<namespace/name|identity>', 'a pod, or the number of an identity')
    .option('--node <name>', 'of identity 1, where hosts have policies: the node whose host endpoint is meant')
    .summary('the policy map of an identity, entry by entry')
    .description('Shows every entry of the policy map that an endpoint has, and the rule behind each.')
    .addHelpText('after', '\nExample:\n  cilium-bulkhead explain map vault/vault-0 --demo')
    .action((name: string, options: MapOptions) =>
      explained(options, context, (view) => mapExplanation(view, name, options.node)),
    );
  withOutput(withSource(explain.command('flow')))
    .requiredOption('--from <end>', 'where it comes from: NAMESPACE/POD, labels of a pod, or an address')
    .requiredOption('--to <end>', 'where it goes to, in the same forms')
    .requiredOption('--port <port/protocol>', 'the port at the destination, such as 443/TCP; of ICMP the type')
    .summary('whether a flow goes through, and by which rules')
    .description('Shows what becomes of a flow at either end, and every rule that allows or denies it.')
    .addHelpText('after', FLOW_HELP)
    .action((options: ExplainOptions & FlowOptions) =>
      explained(options, context, (view) => flowExplanation(view, options)),
    );
  withOutput(explain.command('decision', { isDefault: true }))
    .argument('<decision-id>', 'the id, which is in the message of a denial and in the audit log')
    .requiredOption('--log <file>', 'what serve --decision-log wrote; .gz is unpacked')
    .summary('a past decision (the word "decision" may be left out)')
    .description('Shows what was decided, why, and by what state of the model and the configuration.')
    .addHelpText('after', DECISION_HELP)
    .action(async (id: string, options: DecisionOptions & Pick<ExplainOptions, 'output'>) => {
      const { decision, notes } = await decisionExplanation(id, options);
      const output = createOutput({ ...context, format: options.output });
      output.result(decision);
      for (const note of notes) output.note(note);
    });
}

async function explained(
  options: ExplainOptions,
  context: CommandContext,
  explain: (view: ClusterView) => Explanation,
): Promise<void> {
  const { store, notes } = await loadModel(options, await configFrom(options), progressOn(context.stderr));
  const output = createOutput({ ...context, format: options.output });
  output.result(explain(store.view()));
  for (const note of notes) output.note(note);
}

function mapExplanation(view: ClusterView, text: string, node: string | undefined): Explanation {
  const isNumber = /^\d{1,10}$/.test(text);
  const isHost = isNumber && Number(text) === HOST_IDENTITY;
  if (node !== undefined && !isHost) throw new CommandError(['--node goes with identity 1, the host']);
  const explanation = isNumber
    ? explainMap(seenFrom(view, node), isHost ? hostEndpoint(view, node) : Number(text))
    : mapOfPod(view, text);
  if (explanation === undefined) throw new CommandError([`the source holds no identity ${text}`]);
  return explanation;
}

/** As the agent on its node makes it. */
function mapOfPod(view: ClusterView, text: string): MapExplanation | undefined {
  const pod = podOf(view, text);
  return explainMap(seenFrom(view, pod.nodeName), identityOfPod(view, pod, text), namedPorts(pod.ports));
}

/** Of a pod that has no node yet, and of an identity, as a node sees it that is none of those that are known. */
function seenFrom(view: ClusterView, node: string | undefined): ClusterView {
  return node === undefined ? view : view.seenFrom(node);
}

/** All hosts have identity 1, and where hosts have policies each node's labels choose its own. */
function hostEndpoint(view: ClusterView, node: string | undefined): number {
  const { hostFirewall } = view.settings.config;
  if (node !== undefined) {
    if (!hostFirewall) throw new CommandError(['hosts have no policies: enable-host-firewall is off in cilium-config']);
    const endpoint = view.hostEndpointOf(node);
    if (endpoint === undefined) throw new CommandError([`the source holds no node ${node}, or not its labels`]);
    return endpoint;
  }
  if (!hostFirewall) return HOST_IDENTITY;
  const [first, ...others] = view.hostEndpoints();
  if (first === undefined)
    throw new CommandError(['the source holds no nodes, whose labels choose the policies of hosts']);
  if (others.length === 0) return first;
  const [example = ''] = view.nodesWith(first);
  throw new CommandError([`every node has a policy map of its own for identity 1: say whose, as in --node ${example}`]);
}
