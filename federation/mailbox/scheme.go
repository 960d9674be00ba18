package mailbox

import "context"

// What a peer is known to verify. Whoever is unknown gets draft-cavage, which all
// software verifies.
const (
	SchemeUnknown = "unknown"
	SchemeCavage  = "cavage"  // it has refused RFC 9421
	SchemeRFC9421 = "rfc9421" // it signs with it, or has said that it verifies it
	SchemeEd25519 = "ed25519" // as RFC 9421, and it has asked for our Ed25519 key
)

// LearnScheme writes down what kind of signature a peer verifies, if what was
// known is still from. Who is no peer, or is known otherwise by now, stays as is.
func (s *Store) LearnScheme(ctx context.Context, actor, from, to string) error {
	return s.db.Conn(ctx).Model(&peerRow{}).Where("actor = ? AND scheme = ?", actor, from).Update("scheme", to).Error
}
