import { contradictions } from '../mutation-testing/specification.ts';

// Prints the contradictions between the specification and its independent descriptions, as JSON.
// spec-mistakes-main.ts runs it in a copy with a mistake.

console.log(JSON.stringify(contradictions(30)));
