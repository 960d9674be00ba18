package policies

import (
	"context"
	"errors"
	"testing"

	"github.com/saphan-network/saphan/federation/fault"
)

// shelf is one version of own rows, or a failure to say which.
type shelf struct {
	number int64
	rows   [][]string
	fails  error
}

func (s *shelf) Current(context.Context) (int64, error) { return s.number, s.fails }

func (s *shelf) Rows(context.Context, int64) ([][]string, error) { return s.rows, nil }

// What was cleared by one version is asked about again by the one in force when
// it is sent; and where nobody can say which that is, nothing is sent.
func TestWhatWaitsIsSentByTheVersionInForce(t *testing.T) {
	w := open(t)
	in := &shelf{}
	w.gate.editions = in
	d := decide(t, w, offer())
	body := bytesOf(t, document(d))
	c, err := w.gate.Clear(t.Context(), d, body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Consume(body, d.Peer)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct {
		name string
		in   shelf
		key  string // of the refusal; "" where it is sent
	}{
		{"the same version", shelf{}, ""},
		{"a version about something else", shelf{1, [][]string{{"own_1", "role:observer", "*", "members/**", "*", "true", "deny"}}, nil}, ""},
		{"a version that forbids it", shelf{2, [][]string{{"own_1", "*", "referral", pathPlace, "*", "true", "deny"}}, nil}, "policy.recheck.rules"},
		{"nobody knows which", shelf{fails: errors.New("the database is away")}, whyEdition},
		{"a version that is none", shelf{3, [][]string{{"own_1", "*", "referral", "referral/nothing", "*", "true", "deny"}}, nil}, whyEdition},
		{"a version that allows", shelf{4, [][]string{{"own_1", "role:observer", "referral", pathPlace, "full", "true", "allow"}}, nil}, whyEdition},
		{"a sound version again", shelf{5, nil, nil}, ""},
	} {
		*in = one.in
		_, err := w.gate.Recheck(t.Context(), r, body)
		if (err == nil) != (one.key == "") || (err != nil && fault.As(err).Key != one.key) {
			t.Errorf("%s: %v", one.name, err)
		}
	}
}
