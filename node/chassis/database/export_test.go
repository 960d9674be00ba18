package database

// Waiting is how many calls of Shared wait for a transaction to share.
func (d *DB) Waiting() int {
	d.group.mu.Lock()
	defer d.group.mu.Unlock()
	return len(d.group.waiting)
}

// Lead sets how many shared transactions may run at a time.
func (d *DB) Lead(n int) { d.group.leaders = n }
