package federation

// keys checks what a members list says of the keys of the hub itself: none, or its
// present ones, or those and the ones before, with their end.
func (m *Members) keys() error {
	if m.Key == (PublicKey{}) {
		if m.OldKey != (PublicKey{}) {
			return invalid("members.publicKey", "missing")
		}
		return nil
	}
	if m.Key.End != "" {
		return invalid("members.publicKey.expires", "unexpected")
	}
	if err := m.Key.check("members.publicKey", m.Network); err != nil {
		return err
	}
	if m.OldKey == (PublicKey{}) {
		return nil
	}
	if !isInstant(m.OldKey.End) {
		return invalid("members.publicKey.expires", "time")
	}
	if m.OldKey.ID == m.Key.ID || m.OldKey.Assertion.ID != "" && m.OldKey.Assertion.ID == m.Key.Assertion.ID {
		return invalid("members.publicKey", "twice")
	}
	return m.OldKey.check("members.publicKey", m.Network)
}
