package referral

import "time"

// Outlook tells who acts next, by when, and what happens if nobody does.
type Outlook struct {
	Who     string    // drafter, approver, peer, peer_server, us, gone (the other is, and we end it: sent), gone_us (taken), nobody
	By      time.Time // zero: no date is set
	Late    bool      // By has passed
	Silence string    // what if nobody acts: stays, expires, reminder, alarm, nothing
}

func look(who string, by, now time.Time, silence string) Outlook {
	return Outlook{Who: who, By: by, Late: !by.IsZero() && now.After(by), Silence: silence}
}

func (r Referral) outlook(now time.Time) Outlook {
	switch r.State {
	case StateDraft, StateBlocked, StatePolicyCheck:
		return look("drafter", time.Time{}, now, "stays")
	case StateAwaiting:
		by := r.Submitted.Add(24 * time.Hour)
		if r.RespondBy.Before(by) {
			by = r.RespondBy
		}
		return look("approver", by, now, "stays")
	case StateOffered:
		return look("peer_server", r.OfferedAt.Add(time.Hour), now, "alarm")
	case StateDelivered, StateTentative:
		return look("peer", r.AnswerBy, now, "expires")
	case StateAccepted, StateInService, StateOnHold:
		return look("peer", firstDate(r.Engagement.NextUpdate, r.Form.FeedbackDue), now, "reminder")
	case StateCompleted, StateFailed, StateDisengaged:
		return look("drafter", r.Changed.Add(30*24*time.Hour), now, "reminder")
	}
	return look("nobody", time.Time{}, now, "nothing")
}

func (o Incoming) outlook(now time.Time) Outlook {
	switch o.State {
	case StateReceived:
		return look("us", o.RespondBy, now, "expires")
	case StateTentative:
		return look("us", answerBy(o.Expected, o.Payload.Urgency, o.Answered), now, "expires")
	case StateAccepted, StateInService, StateOnHold:
		return look("us", firstDate(o.Engagement.NextUpdate, o.Payload.FeedbackDue), now, "reminder")
	case StateCompleted, StateFailed, StateDisengaged:
		return look("peer", time.Time{}, now, "stays")
	}
	return look("nobody", time.Time{}, now, "nothing")
}

// apart is the outlook on what is open with a member that is in no network with us any
// more: nothing goes to it or comes from it, so people must talk, and one of us ends it here.
func (o Outlook) apart(m Member, who string) Outlook {
	if m.Gone && who == "gone_us" && o.Who == "peer" {
		return Outlook{Who: "nobody", Silence: "nothing"} // nobody is left who could confirm
	}
	if m.Gone && (o.Who == "peer" || o.Who == "peer_server" || o.Who == "us") {
		o.Who = who
		if o.Silence != "expires" {
			o.By, o.Late, o.Silence = time.Time{}, false, "stays"
		}
	}
	return o
}

// firstDate is the end of the first of the dates that is set.
func firstDate(dates ...string) time.Time {
	for _, d := range dates {
		if t, err := time.Parse(time.DateOnly, d); err == nil {
			return t.AddDate(0, 0, 1)
		}
	}
	return time.Time{}
}
