// Package handover is stage 2 of a referral: who the person is, sealed to the one member
// that has taken the referral, after the person has agreed to that a second time.
//
// The member that took the referral asks (it alone can say which fields it needs, and
// to which key they are to be sealed). The sender talks with the person, records the
// consent, which names this member and exactly the fields, writes down what no file
// holds (how to reach the person safely), and a second person approves exactly the
// content that they see: its SHA-256 stands in the approval and in the ledger, and what
// is sealed has that hash. At the other end only named persons open it; from then on
// it is a case of that member, with where it came from.
//
// Whoever the person tells of it, at either end: the consent is withdrawn, the package and
// what it brought are erased at the receiver, and a proved receipt of that comes back.
// Nothing in the tables of this package tells who anybody is, but for what is sealed in
// the vault: the sender's texts under the key of the case, the receiver's package under a
// key of its own.
package handover
