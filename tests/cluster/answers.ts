import type { Version } from '@busbar/ocpp';
import type { Json } from '../support/api.ts';
import type { Seeded } from '../support/seeded.ts';
import type { Fact, Script } from './script.ts';

/** How a station treats what it is asked. `never`: it does it, and no answer comes. */
export type AnswerMode = 'soon' | 'late' | 'never' | 'error';

export interface PlannedAnswer {
  readonly mode: AnswerMode;
  readonly afterMs: number;
  /** Undefined where it is an error. */
  readonly answer: object | undefined;
}

const lateMs = { first: 150, range: 600 } as const;

/** What a station does when it is asked something. */
export function createAnswers(options: {
  readonly script: Script;
  readonly version: Version;
  readonly random: Seeded;
  readonly say: (fact: Fact) => void;
}): (action: string, payload: Json) => PlannedAnswer {
  const { script, version, random, say } = options;
  const variables = new Map<string, string>();

  return (action, payload) => {
    const mode = random.weigh<AnswerMode>([
      [76, 'soon'],
      [12, 'late'],
      [6, 'never'],
      [6, 'error'],
    ]);
    const afterMs = mode === 'late' ? lateMs.first + random.below(lateMs.range) : random.below(15);
    return { mode, afterMs, answer: mode === 'error' ? undefined : act(action, payload) };
  };

  function act(action: string, payload: Json): object {
    switch (action) {
      case 'Reset':
        say(script.boot('RemoteReset'));
        return { status: 'Accepted' };
      case 'TriggerMessage':
        say(script.status());
        return { status: 'Accepted' };
      case 'RemoteStartTransaction':
        return begun(script.remoteStart(payload.idTag, undefined));
      case 'RequestStartTransaction':
        return begun(script.remoteStart(payload.idToken.idToken, payload.remoteStartId));
      case 'UnlockConnector':
        return { status: 'Unlocked' };
      case 'GetBaseReport':
        return { status: 'EmptyResultSet' };
      case 'GetTransactionStatus':
        return { messagesInQueue: false };
      case 'ChangeConfiguration':
        variables.set(payload.key, payload.value);
        return { status: 'Accepted' };
      case 'GetConfiguration':
        return configuration(payload.key ?? []);
      case 'SetVariables':
        return { setVariableResult: payload.setVariableData.map(setVariable) };
      case 'GetVariables':
        return { getVariableResult: payload.getVariableData.map(getVariable) };
      default:
        return { status: 'Accepted' };
    }
  }

  function begun(fact: Fact | undefined): object {
    if (!fact) return { status: 'Rejected' };
    say(fact);
    return { status: 'Accepted' };
  }

  function configuration(keys: readonly string[]): object {
    return {
      configurationKey: keys
        .filter((key) => variables.has(key))
        .map((key) => ({ key, readonly: false, value: variables.get(key) })),
      unknownKey: keys.filter((key) => !variables.has(key)),
    };
  }

  function setVariable({ component, variable, attributeValue }: Json): object {
    variables.set(nameOf(component, variable), attributeValue);
    return { attributeStatus: 'Accepted', component, variable };
  }

  function getVariable({ component, variable }: Json): object {
    const value = variables.get(nameOf(component, variable));
    if (value === undefined) return { attributeStatus: 'UnknownVariable', component, variable };
    return { attributeStatus: 'Accepted', attributeValue: value, component, variable };
  }

  function nameOf(component: Json, variable: Json): string {
    return JSON.stringify([version, component, variable]);
  }
}
