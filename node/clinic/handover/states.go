package handover

import (
	"errors"

	"github.com/saphan-network/saphan/federation/fault"
)

// State is where a hand-over stands. The values are stored.
type State string

// The states of the two ends. Which end knows which is in the tables below.
const (
	StateAsked     State = "asked"             // the receiver wants to know; the sender has not decided
	StateReady     State = "awaiting_approval" // sender: prepared, a second person must look at it
	StateSent      State = "sent"              // sender: sealed, on its way
	StateDelivered State = "delivered"         // sender: the other server has it
	StateArrived   State = "arrived"           // receiver: here, not opened
	StateOpened    State = "opened"            // a named person has opened it
	StateRefused   State = "refused"           // the sender has said no, with a code
	StateReturned  State = "returned"          // the receiver's server could not take it
	StateRecalled  State = "recalled"          // sender: called back, no proof yet
	StateErased    State = "erased"            // erased at the receiver
	StateCancelled State = "cancelled"         // the referral is over, and nothing was handed over
)

// Move is something that happens to a hand-over.
type Move string

// The moves. Who makes each is said in the tables.
const (
	MoveAsk     Move = "ask"
	MovePrepare Move = "prepare"
	MoveBack    Move = "give_back"
	MoveApprove Move = "approve"
	MoveRefuse  Move = "refuse"
	MoveArrive  Move = "arrive"
	MoveOpen    Move = "open"
	MoveReturn  Move = "return"
	MoveRecall  Move = "recall"
	MoveErase   Move = "erase"
	MoveCancel  Move = "cancel"
)

type table map[State]map[Move]State

// senderTable is the sender's end: ask, arrive, open, return and erase are what the
// receiver says, the rest is done here.
var senderTable = table{
	StateAsked:     {MoveAsk: StateAsked, MovePrepare: StateReady, MoveRefuse: StateRefused, MoveCancel: StateCancelled},
	StateReady:     {MoveAsk: StateAsked, MovePrepare: StateReady, MoveBack: StateAsked, MoveApprove: StateSent, MoveRefuse: StateRefused, MoveCancel: StateCancelled},
	StateSent:      {MoveArrive: StateDelivered, MoveOpen: StateOpened, MoveReturn: StateReturned, MoveRecall: StateRecalled, MoveErase: StateErased},
	StateDelivered: {MoveOpen: StateOpened, MoveReturn: StateReturned, MoveRecall: StateRecalled, MoveErase: StateErased},
	StateOpened:    {MoveRecall: StateRecalled, MoveErase: StateErased},
	StateReturned:  {MoveAsk: StateAsked, MoveRefuse: StateRefused, MoveCancel: StateCancelled},
	// What crosses a recall is no news: it has been called back.
	StateRecalled:  {MoveArrive: StateRecalled, MoveOpen: StateRecalled, MoveReturn: StateRecalled, MoveErase: StateErased},
	StateRefused:   {MoveAsk: StateAsked},
	StateErased:    {MoveAsk: StateAsked},
	StateCancelled: {MoveAsk: StateAsked},
}

// receiverTable is the receiver's end: refuse, arrive, recall and cancel come from the
// sender, the rest is done here.
var receiverTable = table{
	StateAsked:     {MoveAsk: StateAsked, MoveArrive: StateArrived, MoveReturn: StateReturned, MoveRefuse: StateRefused, MoveRecall: StateErased, MoveCancel: StateCancelled},
	StateArrived:   {MoveOpen: StateOpened, MoveReturn: StateReturned, MoveErase: StateErased, MoveRecall: StateErased},
	StateOpened:    {MoveErase: StateErased, MoveRecall: StateErased},
	StateReturned:  {MoveAsk: StateAsked, MoveRefuse: StateRefused, MoveRecall: StateErased, MoveCancel: StateCancelled},
	StateRefused:   {MoveAsk: StateAsked},
	StateErased:    {MoveAsk: StateAsked},
	StateCancelled: {MoveAsk: StateAsked},
}

// ErrIllegal says that a move is not in the table. From another member it is answered
// with illegal_transition and nothing changes here.
var ErrIllegal = errors.New("handover: illegal transition")

// ErrUnknown says that a message is about nothing that this member shares with its
// sender; absent and foreign are not told apart.
var ErrUnknown = errors.New("handover: unknown to this sender")

func (t table) next(s State, m Move) (State, error) {
	to, ok := t[s][m]
	if !ok {
		return s, illegal(s, m)
	}
	return to, nil
}

func illegal(s State, m Move) error {
	return fault.Wrap(fault.Conflict, "handovers.error.illegal_move", ErrIllegal).With("state", string(s)).With("move", string(m))
}

// May reports whether the sender's end allows the move from the state.
func May(s State, m Move) bool { _, ok := senderTable[s][m]; return ok }

// MayReceiver reports whether the receiver's end allows the move from the state.
func MayReceiver(s State, m Move) bool { _, ok := receiverTable[s][m]; return ok }

// Over reports whether there is nothing to hand over, to open or to erase.
func (s State) Over() bool {
	return s == StateRefused || s == StateErased || s == StateCancelled
}
