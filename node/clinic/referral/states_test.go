package referral

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
)

var allStates = []State{StateDraft, StatePolicyCheck, StateBlocked, StateAwaiting, StateOffered, StateDelivered, StateReceived,
	StateTentative, StateAccepted, StateInService, StateOnHold, StateCompleted, StateFailed, StateDisengaged, StateDeclined,
	StateRedirected, StateExpired, StateWithdrawn, StateConfirmed, StateClosed}

var allMoves = []Move{MoveEdit, MoveSubmit, MoveBlock, MoveClear, MoveReturn, MoveApprove, MoveDeliver, MoveConsider, MoveAccept,
	MoveDecline, MoveRedirect, MoveServe, MoveHold, MoveComplete, MoveFail, MoveLose, MoveExpire, MoveWithdraw, MoveClose}

// What may happen, written down a second time and in another form: state, move, state.
const senderMoves = `
draft edit draft|draft submit policy_check|draft withdraw withdrawn
policy_check block blocked|policy_check clear awaiting_approval
blocked edit draft|blocked submit policy_check|blocked withdraw withdrawn
awaiting_approval return draft|awaiting_approval approve offered|awaiting_approval block blocked|awaiting_approval clear awaiting_approval|awaiting_approval withdraw withdrawn
offered deliver delivered|offered consider tentative|offered accept accepted|offered decline declined|offered redirect redirected|offered expire expired|offered withdraw withdrawn
delivered consider tentative|delivered accept accepted|delivered decline declined|delivered redirect redirected|delivered expire expired|delivered withdraw withdrawn
tentative consider tentative|tentative accept accepted|tentative decline declined|tentative redirect redirected|tentative expire expired|tentative withdraw withdrawn
accepted serve in_service|accepted hold on_hold|accepted complete completed|accepted fail failed|accepted disengage client_disengaged|accepted withdraw withdrawn
in_service serve in_service|in_service hold on_hold|in_service complete completed|in_service fail failed|in_service disengage client_disengaged|in_service withdraw withdrawn
on_hold serve in_service|on_hold hold on_hold|on_hold complete completed|on_hold fail failed|on_hold disengage client_disengaged|on_hold withdraw withdrawn
completed close closed_confirmed|failed close closed_confirmed|client_disengaged close closed_confirmed`

const receiverMoves = `
received consider tentative|received accept accepted|received decline declined|received redirect redirected|received expire expired|received withdraw withdrawn
tentative consider tentative|tentative accept accepted|tentative decline declined|tentative redirect redirected|tentative expire expired|tentative withdraw withdrawn
accepted serve in_service|accepted hold on_hold|accepted complete completed|accepted fail failed|accepted disengage client_disengaged|accepted expire expired|accepted withdraw withdrawn
in_service serve in_service|in_service hold on_hold|in_service complete completed|in_service fail failed|in_service disengage client_disengaged|in_service expire expired|in_service withdraw withdrawn
on_hold serve in_service|on_hold hold on_hold|on_hold complete completed|on_hold fail failed|on_hold disengage client_disengaged|on_hold expire expired|on_hold withdraw withdrawn
completed close closed|failed close closed|client_disengaged close closed`

func TestEveryMove(t *testing.T) {
	for name, c := range map[string]struct {
		table table
		want  string
	}{"sender": {senderTable, senderMoves}, "receiver": {receiverTable, receiverMoves}} {
		want := map[string]State{}
		for _, w := range strings.FieldsFunc(c.want, func(r rune) bool { return r == '|' || r == '\n' }) {
			f := strings.Fields(w)
			want[f[0]+" "+f[1]] = State(f[2])
		}
		legal := 0
		for _, s := range allStates {
			for _, m := range allMoves {
				got, err := c.table.next(s, m)
				to, ok := want[string(s)+" "+string(m)]
				switch {
				case !ok && (!errors.Is(err, ErrIllegal) || !fault.Is(err, fault.Conflict) || got != s):
					t.Errorf("%s: %s %s is illegal, but gives %s, %v", name, s, m, got, err)
				case ok && (err != nil || got != to):
					t.Errorf("%s: %s %s gives %s, %v; want %s", name, s, m, got, err, to)
				case ok:
					legal++
				}
			}
		}
		if legal != len(want) {
			t.Errorf("%s: %d legal moves were tried of %d", name, legal, len(want))
		}
	}
}

func TestEndsAndBeginnings(t *testing.T) {
	for _, s := range allStates {
		over := s == StateDeclined || s == StateRedirected || s == StateExpired || s == StateWithdrawn || s == StateConfirmed || s == StateClosed
		if s.Over() != over {
			t.Errorf("%s: Over is %v", s, s.Over())
		}
		before := s == StateDraft || s == StatePolicyCheck || s == StateBlocked || s == StateAwaiting
		if s.Sent() == before {
			t.Errorf("%s: Sent is %v", s, s.Sent())
		}
	}
}

func TestAnswerBy(t *testing.T) {
	now := time.Date(2026, 11, 25, 5, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		expected, urgency string
		want              time.Time
	}{
		{"2026-10", "urgent", now.Add(72 * time.Hour)}, // a month that is over says nothing
		{"soon", "emergency", now.Add(24 * time.Hour)},
		{"", "normal", now.Add(14 * 24 * time.Hour)},
		{"2026-12", "urgent", time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		if got := answerBy(c.expected, c.urgency, now); !got.Equal(c.want) {
			t.Errorf("%q %s: %s, want %s", c.expected, c.urgency, got, c.want)
		}
	}
}

func TestRank(t *testing.T) {
	m := func(name, capacity string, active bool, services, regions string) Member {
		return Member{Actor: "https://" + name + ".example/ap/org", Name: name, Active: active, Capacity: capacity,
			Services: strings.Fields(services), Regions: strings.Fields(regions)}
	}
	got := Rank([]Member{
		m("gone", "open", false, "dna doc_drafting", "57"),
		m("full", "full", true, "dna doc_drafting", "north"),
		m("far", "open", true, "dna doc_drafting", "south"),
		m("half", "open", true, "dna", "57"),
		m("near", "open", true, "dna doc_drafting", "57"),
		m("none", "open", true, "media", "57"),
	}, []string{"dna", "doc_drafting"}, "57", "north")
	var names []string
	for _, x := range got {
		names = append(names, x.Member.Name)
	}
	if s := strings.Join(names, " "); s != "near far full half none gone" {
		t.Errorf("order: %s", s)
	}
	if got[0].Area != "province" || got[1].Area != "elsewhere" || got[2].Area != "region" || got[2].Problem != "no_capacity" ||
		got[3].Lacks[0] != "doc_drafting" || got[5].Problem != "inactive" {
		t.Errorf("reasons: %+v", got)
	}
}
