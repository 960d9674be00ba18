// Package torture plays the whole story of a network on real programs, from
// empty folders, as operators and people would, and kills the processes between
// any two steps and in the middle of them. What was acknowledged must be there
// afterwards, and both ends must tell the same story. See the test.
package torture
