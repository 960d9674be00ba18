package sign

// As is the same key pair under another id: for another actor of the same server,
// whose document shows it under that id.
func (k *Key) As(id string) *Key {
	other := *k
	other.id = id
	return &other
}
