// The rules of Relay and of good schemas for what we serve; and every query of ours against it.
import graphql from "@graphql-eslint/eslint-plugin";

const SCHEMA = "schema/schema.graphql";

const shared = {
  languageOptions: {
    parser: graphql.parser,
    parserOptions: { graphQLConfig: { schema: SCHEMA, documents: "api/queries/**/*.graphql" } },
  },
  plugins: { "@graphql-eslint": graphql },
};

export default [
  {
    files: ["**/schema.graphql"],
    ...shared,
    rules: {
      "@graphql-eslint/relay-connection-types": "error",
      "@graphql-eslint/relay-edge-types": ["error", { shouldImplementNode: false, withEdgeSuffix: true, listTypeCanWrapOnlyEdgeType: false }],
      "@graphql-eslint/relay-page-info": "error",
      // Search is read forwards only: an order by relevance has no fixed end to begin at.
      "@graphql-eslint/relay-arguments": ["error", { includeBoth: false }],
      "@graphql-eslint/require-description": [
        "error",
        { types: true, FieldDefinition: true, InputValueDefinition: true, EnumValueDefinition: true, DirectiveDefinition: false, ignoredSelectors: ["[type=DirectiveDefinition]", "DirectiveDefinition InputValueDefinition"] },
      ],
      "@graphql-eslint/require-deprecation-reason": "error",
      "@graphql-eslint/no-hashtag-description": "error",
      "@graphql-eslint/no-typename-prefix": "off",
      "@graphql-eslint/no-unreachable-types": "error",
      "@graphql-eslint/unique-enum-value-names": "error",
      "@graphql-eslint/unique-field-definition-names": "error",
      "@graphql-eslint/unique-type-names": "error",
      "@graphql-eslint/known-type-names": "error",
      "@graphql-eslint/possible-type-extension": "error",
      "@graphql-eslint/naming-convention": [
        "error",
        { types: "PascalCase", FieldDefinition: "camelCase", EnumValueDefinition: "UPPER_CASE", Argument: "camelCase", InputValueDefinition: "camelCase" },
      ],
    },
  },
  {
    files: ["**/queries/**/*.graphql"],
    ...shared,
    rules: {
      ...graphql.configs["flat/operations-recommended"].rules,
      // An answer is told apart by its type where that matters; ids are asked for where they are used.
      "@graphql-eslint/require-selections": "off",
      "@graphql-eslint/selection-set-depth": "off",
      "@graphql-eslint/naming-convention": "off",
      // Each file is a question of its own.
      "@graphql-eslint/unique-operation-name": "off",
      "@graphql-eslint/unique-fragment-name": "off",
      "@graphql-eslint/require-import-fragment": "off",
    },
  },
];
