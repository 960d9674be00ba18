// Package archtest holds the walls of the house as tests: who may import what,
// how long a file may be, and what no line may do. Each rule says why it is
// there, and fails when the package that it names has gone.
package archtest
