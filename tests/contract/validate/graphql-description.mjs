// A GraphQL description: queries are validated against the schema by graphql-js, variables coerced, and an answer's
// data is put through its executor, which refuses what the schema does not promise.
import { buildClientSchema, execute, parse, validate } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';

export class GraphqlDescription {
  constructor(doc) {
    this.schema = buildClientSchema(doc.data ?? doc);
  }

  /** Names of the root fields, and what is wrong with the exchange. */
  check(exchange) {
    const request = JSON.parse(exchange.body);
    const document = parse(request.query);
    const [definition] = document.definitions;
    const fields = definition.selectionSet.selections.map(
      (one) => `${definition.operation} ${one.name.value}`,
    );
    const faults = validate(this.schema, document).map((error) => error.message);
    const { errors } = getVariableValues(
      this.schema,
      definition.variableDefinitions ?? [],
      request.variables ?? {},
    );
    for (const error of errors ?? []) faults.push(`variables: ${error.message}`);
    if (exchange.status !== 200 || faults.length > 0) return { fields, faults };
    let answer;
    try {
      answer = JSON.parse(exchange.answer);
    } catch {
      return { fields, faults }; // planted: no answer of the provider
    }
    if (answer.data === undefined || answer.data === null) return { fields, faults };
    const told = execute({
      schema: this.schema,
      document,
      rootValue: answer.data,
      variableValues: request.variables,
    });
    for (const error of told.errors ?? []) faults.push(`answer: ${error.message}`);
    return { fields, faults };
  }
}
