package network

import "context"

// Share sends whatever waits, has the hub pass on what members have said about
// lessons, and sends that.
func (n *Network) Share(ctx context.Context) error {
	if err := n.Settle(ctx); err != nil {
		return err
	}
	if err := n.Server(hubKey).Hub.PassOn.Spread(ctx); err != nil {
		return err
	}
	return n.Settle(ctx)
}
