import type { ActionEntry, PayloadKind } from '../catalogue/catalogue.ts';
import { fallbackOf } from './enum-fallbacks.ts';
import type { Finding, FindingKind } from './finding.ts';
import { mendBoolean, mendDateTime, mendNumber } from './scalars.ts';

/** As much of JSON Schema as the catalogue uses. */
export interface SchemaNode {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly items?: SchemaNode;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly maxLength?: number;
  readonly multipleOf?: number;
}

export interface MendOptions {
  readonly entry: ActionEntry;
  readonly kind: PayloadKind;
  readonly schema: SchemaNode;
  readonly payload: unknown;
  /** Cuts texts to their limit, so that the rest can be validated. */
  readonly cutsTexts: boolean;
}

/**
 * Longest text that is let through over its limit: certificates and vendor data are far below it, and a
 * handler can store it. A longer one is no slip of the pen.
 */
export const lenientTextLimit = 10_000;

/** Walks a payload beside its schema and mends what it can; what it cannot is left for the validator. */
export function mend(options: MendOptions): { payload: unknown; findings: readonly Finding[] } {
  const walk = new Walk(options);
  return { payload: walk.mend(options.schema, options.payload, '', false), findings: walk.findings };
}

/** In the place of a value: the field is left out. */
const left = Symbol('left out');
/** In the place of a value: the list element that holds it cannot be used, and is left out. */
const spoilt = Symbol('spoilt');

class Walk {
  readonly findings: Finding[] = [];
  readonly #options: MendOptions;

  constructor(options: MendOptions) {
    this.#options = options;
  }

  mend(schema: SchemaNode, value: unknown, at: string, isOptional: boolean): unknown {
    if (isOptional && value === null)
      return this.#leave('NullField', at, 'is null; an optional field is left out instead');
    if (isOptional && at.endsWith('/customData') && isRecord(value) && typeof value.vendorId !== 'string') {
      return this.#leave('CustomDataWithoutVendor', at, 'has no vendorId; it is left out');
    }
    if (isOptional && isEmpty(schema, value)) {
      return this.#leave('EmptyField', at, 'is empty; an optional field is left out instead');
    }
    switch (schema.type) {
      case 'object':
        return this.#mendObject(schema, value, at);
      case 'array':
        return this.#mendList(schema, value, at);
      case 'string':
        return this.#mendText(schema, value, at);
      case 'integer':
      case 'number':
        return this.#mendNumber(schema, value, at);
      case 'boolean':
        return this.#changed(
          'BooleanAsText',
          at,
          value,
          mendBoolean(value),
          'is a text instead of true or false',
        );
      default:
        return value;
    }
  }

  #mendObject(schema: SchemaNode, value: unknown, at: string): unknown {
    if (!isRecord(value)) return value;
    const { properties = {}, required = [] } = schema;
    const mended: [string, unknown][] = [];
    let isChanged = false;
    for (const [name, given] of Object.entries(value)) {
      const field = `${at}/${name}`;
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
      const result =
        property !== undefined
          ? this.mend(property, given, field, !required.includes(name))
          : this.#unknown(schema, given, field);
      if (result === spoilt) return spoilt;
      if (result !== left) mended.push([name, result]);
      isChanged ||= result !== given;
    }
    // Not by assignment: a field may be called __proto__.
    return isChanged ? Object.fromEntries(mended) : value;
  }

  #unknown(schema: SchemaNode, value: unknown, field: string): unknown {
    if (schema.additionalProperties !== false) return value;
    return this.#leave('UnknownField', field, 'is not a field of this message; it is left out');
  }

  #mendList(schema: SchemaNode, value: unknown, at: string): unknown {
    const { items = {}, minItems = 0 } = schema;
    if (isRecord(value) && items.type === 'object') {
      this.#find('BareListItem', at, 'is an object instead of a list of one');
      return this.#mendList(schema, [value], at);
    }
    if (!Array.isArray(value)) return value;
    const given: readonly unknown[] = value;
    const mended = given
      .map((item) => this.mend(items, item, `${at}/*`, false))
      .filter((item) => item !== left && item !== spoilt);
    if (mended.length < minItems && mended.length < given.length) return spoilt;
    return mended.length === given.length && mended.every((item, index) => item === given[index])
      ? value
      : mended;
  }

  #mendText(schema: SchemaNode, value: unknown, at: string): unknown {
    if (schema.enum !== undefined) return this.#mendEnum(schema.enum, value, at);
    if (schema.format === 'date-time') return this.#mendTime(value, at);
    const text = typeof value === 'number' && isExact(value) ? String(value) : value;
    if (text !== value) this.#find('TextAsNumber', at, 'is a number instead of a text');
    if (typeof text !== 'string' || schema.maxLength === undefined) return text;
    // Characters are code points, as JSON Schema counts them.
    if (text.length <= schema.maxLength || text.length > lenientTextLimit) return text;
    const characters = Array.from(text);
    if (characters.length <= schema.maxLength) return text;
    this.#find('TextTooLong', at, `has more than ${schema.maxLength} characters; it is kept whole`);
    return this.#options.cutsTexts ? characters.slice(0, schema.maxLength).join('') : text;
  }

  #mendEnum(allowed: readonly unknown[], value: unknown, at: string): unknown {
    if (typeof value !== 'string' || allowed.includes(value)) return value;
    const shown = `is ${JSON.stringify(value.slice(0, 40))}`;
    const folded = value.trim().toLowerCase();
    const alike = allowed.filter((each) => typeof each === 'string' && each.toLowerCase() === folded);
    if (alike.length === 1) {
      this.#find('EnumSpelling', at, `${shown}; spelt ${alike[0]}`);
      return alike[0];
    }
    const fallback = fallbackOf(this.#options.entry, this.#options.kind, at);
    switch (fallback?.becomes) {
      case undefined:
        return value;
      case 'value':
        this.#find(
          'UnknownEnumValue',
          at,
          `${shown}, which is no value of this field; ${fallback.value} is assumed`,
        );
        return fallback.value;
      case 'nothing':
        return this.#leave(
          'UnknownEnumValue',
          at,
          `${shown}, which is no value of this field; it is left out`,
        );
      case 'no sample':
        this.#find(
          'UnknownEnumValue',
          at,
          `${shown}, which is no value of this field; the sample is left out`,
        );
        return spoilt;
    }
  }

  #mendTime(value: unknown, at: string): unknown {
    const mended = typeof value === 'string' ? mendDateTime(value) : undefined;
    if (mended === undefined) return value;
    if (mended.isZoneAssumed) this.#find('TimeWithoutZone', at, 'is a time without a zone; UTC is assumed');
    if (mended.isRewritten) this.#find('TimeFormat', at, 'is a time, but not written by RFC 3339');
    return mended.text;
  }

  #mendNumber(schema: SchemaNode, value: unknown, at: string): unknown {
    const mended = mendNumber(value, schema.multipleOf);
    const detail =
      typeof value === 'string' ? 'is a text instead of a number' : 'has noise behind its last decimal';
    return this.#changed(
      typeof value === 'string' ? 'NumberAsText' : 'DecimalNoise',
      at,
      value,
      mended,
      detail,
    );
  }

  #changed(kind: FindingKind, at: string, value: unknown, mended: unknown, detail: string): unknown {
    if (mended !== value) this.#find(kind, at, detail);
    return mended;
  }

  #leave(kind: FindingKind, at: string, detail: string): typeof left {
    this.#find(kind, at, detail);
    return left;
  }

  #find(kind: FindingKind, at: string, complaint: string): void {
    const field = at.slice(0, fieldLimit);
    this.findings.push({ kind, action: this.#options.entry.action, field, detail: `${field} ${complaint}` });
  }
}

/** Names of unknown fields come from outside. */
const fieldLimit = 120;

/** Where a value stands for "nothing" and breaks the schema by it. */
function isEmpty(schema: SchemaNode, value: unknown): boolean {
  switch (schema.type) {
    case 'string':
      return value === '' && (schema.enum !== undefined || schema.format !== undefined);
    case 'integer':
    case 'number':
    case 'boolean':
      return value === '';
    case 'array':
      return value === '' || (Array.isArray(value) && value.length === 0 && (schema.minItems ?? 0) > 0);
    case 'object':
      return (
        value === '' ||
        (isRecord(value) && Object.keys(value).length === 0 && (schema.required?.length ?? 0) > 0)
      );
    default:
      return false;
  }
}

/** Beyond that a JSON number has lost digits of what was meant, and a token would be another one. */
function isExact(value: number): boolean {
  return Number.isSafeInteger(value) || (Number.isFinite(value) && String(value).length <= 16);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
