// Package referral asks another member of the network for help with a case, and
// answers such requests: stage 1, in which nobody learns who the person is.
//
// There are two ends. A Referral is the sender's side: somebody drafts it for a
// case, the egress gate decides each field, a second person approves, one
// offer goes to one member, and what the other end reports comes home. An
// Incoming is the receiver's side of the same offer: it holds only what
// arrived, never a person. Each end is a table of legal moves (states.go).
//
// What is approved is what leaves. The activity's id, the referral's reference,
// the hour of publication and the number in the sequence to that member are
// drawn once, when the draft is submitted, and kept with it (Envelope). From
// then on the bytes of the offer depend on nothing but the file, the consent
// and the policy: building them again gives the same bytes as long as none of
// the three has changed, and other bytes, hence another SHA-256, as soon as one
// has. The preview, the approval, the ledger and the outbox all name that one
// hash. A number drawn for a draft that is given up before it was sent is used
// for the next draft to the same member, so that the other end sees no gap from
// which it could learn that something was prepared and dropped.
package referral
