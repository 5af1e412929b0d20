// Package duties maps EU AI Act duties.
package duties

// Article26 holds deployer duties (AI Act Article 26(1) to Article 26(12)).
const Article26 = "eu-ai-act:Art.26"

// FRIA: AI Act Article 27.
const FRIA = "eu-ai-act:Art.27(1)"

// Old name: eu-ai-act:Art.29a
const Old = "FRIA"
