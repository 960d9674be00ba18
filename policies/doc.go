// Package policies is the egress gate: it decides what leaves a server of the
// network, makes the values that leave, and clears the exact bytes that carry
// them. casbin decides over a validated, immutable snapshot of rules
// (see Snapshot), and a second evaluator must say the same, or nothing leaves any
// more; around both stand guards in Go that no rule can loosen: class A
// and B values are never released, a class C value leaves only through a named
// transform, an unknown field is class A, and whatever cannot be decided is
// denied.
//
// The way out is Decide -> build the wire object from Decision.Values ->
// serialise once -> Clear -> keep the bytes with the Receipt -> Recheck at send
// time. The federation's delivery takes nothing without a Clearance.
package policies
