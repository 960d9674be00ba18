// Package referral asks another member of the network for help with a case, and
// answers such requests: stage 1, in which nobody learns who the person is.
//
// There are two ends. A Referral is the sender's side: somebody drafts it for a
// case, the egress gate decides each field, a second person approves, one
// offer goes to one member, and what the other end reports comes home. An
// Incoming is the receiver's side of the same offer: it holds only what
// arrived, never a person. Each end is a table of legal moves (states.go).
//
// What is approved is what leaves. The activity's id, the referral's reference
// and the hour of publication are drawn once, when the draft is submitted, and
// kept with it (Envelope). The bytes of the offer then depend on the file, the
// consent, the policy and the next number in the line to that member. The
// preview that the second person sees is those bytes, and their approval names
// the SHA-256 of them; approving builds the bytes once more and sends them only
// if they have that hash. So the one hash stands in the preview, the approval,
// the ledger and the outbox. The number is part of the hash, though it can move
// on while somebody looks (when another message goes to the same member): then
// the approval is refused, nothing is sent, and the new preview is shown. The
// other ways are worse: a number drawn early would leave a gap, from which the
// other end learns that something was prepared and dropped, and a number
// outside of the hash would mean that the approved bytes are not the sent ones.
package referral
