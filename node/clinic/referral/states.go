package referral

// State is where a referral stands. The values are stable: they are stored, and
// those after acceptance are the wire's states of an engagement.
type State string

// The states of the two ends. Which end knows which is in the tables below.
const (
	StateDraft       State = "draft"             // sender: being written
	StatePolicyCheck State = "policy_check"      // sender: the gate is deciding
	StateBlocked     State = "blocked"           // sender: the gate said no
	StateAwaiting    State = "awaiting_approval" // sender: a second person must look at it
	StateOffered     State = "offered"           // sender: approved, on its way
	StateDelivered   State = "delivered"         // sender: the other server has it
	StateReceived    State = "received"          // receiver: arrived, not answered
	StateTentative   State = "tentative"         // under consideration
	StateAccepted    State = "accepted"          // taken, not begun
	StateInService   State = "in_service"        // being helped
	StateOnHold      State = "on_hold"           // resting
	StateCompleted   State = "completed"         // done, with outcome codes
	StateFailed      State = "failed"            // did not succeed, with a reason code
	StateDisengaged  State = "client_disengaged" // the person did not come again
	StateDeclined    State = "declined"          // not taken, with a reason code
	StateRedirected  State = "redirected"        // not taken, another member suggested
	StateExpired     State = "expired"           // no answer in time
	StateWithdrawn   State = "withdrawn"         // taken back by the sender
	StateConfirmed   State = "closed_confirmed"  // sender: closed after asking the client
	StateClosed      State = "closed"            // receiver: the sender has closed it
)

// Move is something that happens to a referral.
type Move string

// The moves. Who makes each is said in the tables.
const (
	MoveEdit     Move = "edit"
	MoveSubmit   Move = "submit"
	MoveBlock    Move = "block"
	MoveClear    Move = "clear"
	MoveReturn   Move = "return"
	MoveApprove  Move = "approve"
	MoveDeliver  Move = "deliver"
	MoveConsider Move = "consider"
	MoveAccept   Move = "accept"
	MoveDecline  Move = "decline"
	MoveRedirect Move = "redirect"
	MoveServe    Move = "serve"
	MoveHold     Move = "hold"
	MoveComplete Move = "complete"
	MoveFail     Move = "fail"
	MoveLose     Move = "disengage"
	MoveExpire   Move = "expire"
	MoveWithdraw Move = "withdraw"
	MoveClose    Move = "close"
)

// table maps a state and a move to the state that follows. What is not in it is illegal.
type table map[State]map[Move]State

var answers = map[Move]State{
	MoveConsider: StateTentative, MoveAccept: StateAccepted,
	MoveDecline: StateDeclined, MoveRedirect: StateRedirected,
}

var service = map[Move]State{
	MoveServe: StateInService, MoveHold: StateOnHold, MoveComplete: StateCompleted,
	MoveFail: StateFailed, MoveLose: StateDisengaged,
}

// senderTable is the sender's end. Between approve and close, the other member's
// answers move it; deliver comes from the other server's acknowledgement.
var senderTable = table{
	StateDraft:       {MoveEdit: StateDraft, MoveSubmit: StatePolicyCheck, MoveWithdraw: StateWithdrawn},
	StatePolicyCheck: {MoveBlock: StateBlocked, MoveClear: StateAwaiting},
	StateBlocked:     {MoveEdit: StateDraft, MoveSubmit: StatePolicyCheck, MoveWithdraw: StateWithdrawn},
	StateAwaiting: {MoveReturn: StateDraft, MoveApprove: StateOffered, MoveBlock: StateBlocked,
		MoveClear: StateAwaiting, MoveWithdraw: StateWithdrawn},
	// An answer may overtake the acknowledgement.
	StateOffered:    with(answers, MoveDeliver, StateDelivered, MoveExpire, StateExpired, MoveWithdraw, StateWithdrawn),
	StateDelivered:  with(answers, MoveExpire, StateExpired, MoveWithdraw, StateWithdrawn),
	StateTentative:  with(answers, MoveExpire, StateExpired, MoveWithdraw, StateWithdrawn),
	StateAccepted:   with(service, MoveWithdraw, StateWithdrawn),
	StateInService:  with(service, MoveWithdraw, StateWithdrawn),
	StateOnHold:     with(service, MoveWithdraw, StateWithdrawn),
	StateCompleted:  {MoveClose: StateConfirmed},
	StateFailed:     {MoveClose: StateConfirmed},
	StateDisengaged: {MoveClose: StateConfirmed},
}

// receiverTable is the receiver's end. Its people make the answers and the
// service moves; expire, withdraw and close come from the sender, whose word
// on its own offer holds also when it crosses an answer.
var receiverTable = table{
	StateReceived:   with(answers, MoveExpire, StateExpired, MoveWithdraw, StateWithdrawn),
	StateTentative:  with(answers, MoveExpire, StateExpired, MoveWithdraw, StateWithdrawn),
	StateAccepted:   with(service, MoveExpire, StateExpired, MoveWithdraw, StateWithdrawn),
	StateInService:  with(service, MoveExpire, StateExpired, MoveWithdraw, StateWithdrawn),
	StateOnHold:     with(service, MoveExpire, StateExpired, MoveWithdraw, StateWithdrawn),
	StateCompleted:  {MoveClose: StateClosed},
	StateFailed:     {MoveClose: StateClosed},
	StateDisengaged: {MoveClose: StateClosed},
}

// with returns a copy of base with pairs of move and state added.
func with(base map[Move]State, pairs ...any) map[Move]State {
	out := make(map[Move]State, len(base)+len(pairs)/2)
	for m, s := range base {
		out[m] = s
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		out[pairs[i].(Move)] = pairs[i+1].(State)
	}
	return out
}

func (t table) next(s State, m Move) (State, error) {
	to, ok := t[s][m]
	if !ok {
		return s, illegal(s, m)
	}
	return to, nil
}

// May reports whether the sender's end allows the move from the state.
func May(s State, m Move) bool { _, ok := senderTable[s][m]; return ok }

// MayReceiver reports whether the receiver's end allows the move from the state.
func MayReceiver(s State, m Move) bool { _, ok := receiverTable[s][m]; return ok }

// Over reports whether nothing can follow at the sender's end.
func (s State) Over() bool { return len(senderTable[s]) == 0 && len(receiverTable[s]) == 0 }

// Sent reports whether the offer has left the sender.
func (s State) Sent() bool {
	switch s {
	case StateDraft, StatePolicyCheck, StateBlocked, StateAwaiting:
		return false
	}
	return true
}

// engagementMoves says which move an engagement's state on the wire stands for.
var engagementMoves = map[State]Move{
	StateInService: MoveServe, StateOnHold: MoveHold, StateCompleted: MoveComplete,
	StateFailed: MoveFail, StateDisengaged: MoveLose,
}
