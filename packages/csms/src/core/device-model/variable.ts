import { type Static, Type } from 'typebox';

/** Which variable of the device model: flat, the same for all versions. */
export const VariableName = Type.Object({
  component: Type.String({
    minLength: 1,
    maxLength: 50,
    description: 'Name of the component, such as `OCPPCommCtrlr`.',
  }),
  componentInstance: Type.Optional(Type.String({ maxLength: 50, description: 'Instance of the component.' })),
  evseId: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 9_999, description: 'The EVSE that the component belongs to.' }),
  ),
  connectorId: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 9_999,
      description: 'The connector of the EVSE that it belongs to.',
    }),
  ),
  variable: Type.String({
    minLength: 1,
    maxLength: 50,
    description: 'Name of the variable, such as `HeartbeatInterval`.',
  }),
  variableInstance: Type.Optional(Type.String({ maxLength: 50, description: 'Instance of the variable.' })),
});
export type VariableName = Static<typeof VariableName>;

/** The four values that a variable may have. */
export const AttributeType = Type.Enum(['Actual', 'Target', 'MinSet', 'MaxSet'], {
  type: 'string',
  description: 'Which of the values of the variable; without it, the actual one.',
});
export type AttributeType = Static<typeof AttributeType>;

/** The same in the words of 2.x; an EVSE may come without a connector. */
interface Ocpp2Name {
  readonly component: {
    readonly name: string;
    readonly instance?: string;
    readonly evse?: { readonly id: number; readonly connectorId?: number };
  };
  readonly variable: { readonly name: string; readonly instance?: string };
}

export function nameFromOcpp2({ component, variable }: Ocpp2Name): VariableName {
  return {
    component: component.name,
    ...(component.instance !== undefined && { componentInstance: component.instance }),
    ...(component.evse && { evseId: component.evse.id }),
    ...(component.evse?.connectorId !== undefined && { connectorId: component.evse.connectorId }),
    variable: variable.name,
    ...(variable.instance !== undefined && { variableInstance: variable.instance }),
  };
}

export function nameToOcpp2(name: VariableName) {
  const { component, componentInstance, evseId, connectorId, variable, variableInstance } = name;
  return {
    component: {
      name: component,
      ...(componentInstance !== undefined && { instance: componentInstance }),
      ...(evseId !== undefined && {
        evse: { id: evseId, ...(connectorId !== undefined && { connectorId }) },
      }),
    },
    variable: { name: variable, ...(variableInstance !== undefined && { instance: variableInstance }) },
  };
}

/** The same for names that are the same: they are compared without regard to case. */
export function identityOf(name: VariableName): string {
  const { component, componentInstance, evseId, connectorId, variable, variableInstance } = name;
  return JSON.stringify([
    component.toLowerCase(),
    componentInstance?.toLowerCase() ?? '',
    evseId ?? 0,
    connectorId ?? 0,
    variable.toLowerCase(),
    variableInstance?.toLowerCase() ?? '',
  ]);
}

/** One of a variable's values, as it was read or written. */
export interface VariableValue extends VariableName {
  readonly attributeType: AttributeType;
  readonly value: string;
}
