import { cpus } from 'node:os';
import { version } from 'node:process';
import type { Server } from '../../tests/conformance/servers/server.ts';
import { deploy } from './deployment.ts';
import type { Measurement, Run } from './measurement.ts';
import { runScenario } from './run-scenario.ts';
import { SCENARIOS, type Scenario, WARM_UP } from './scenarios.ts';
import { NAMES, setUpOf } from './set-up.ts';

const IDLE_RUNS = 50;

/** Runs each scenario, and gives what it took; `say` is told what is under way. */
export const measure = async (
  dynamodb: Server,
  moto: Server,
  say: (line: string) => void,
): Promise<Measurement> => {
  const deployment = await deploy(dynamodb, moto);
  const { functions } = deployment;
  try {
    const run = (scenario: Scenario): Promise<Run> => {
      say(scenario.name);
      deployment.refuse(scenario.refused === true);
      return deployment.counted(scenario.name, scenario.resources, () => runScenario(scenario, functions));
    };
    await run(WARM_UP);
    const runs: Run[] = [];
    for (const scenario of SCENARIOS) runs.push(await run(scenario));
    const idle = await deployment.counted('nothing to do', 0, async () => {
      for (let i = 0; i < IDLE_RUNS; i++) await functions.reconcile.invoke({});
    });
    const setUps = NAMES.map((name) => [
      name,
      { ...setUpOf(name), peakMb: Math.round(functions[name].peakMb()) },
    ]);
    return {
      date: new Date().toISOString().slice(0, 10),
      machine: `${cpus().length} processors (${cpus()[0]?.model.trim()}), Node ${version}`,
      functions: Object.fromEntries(setUps),
      runs,
      idle,
    };
  } finally {
    await deployment.close();
  }
};
