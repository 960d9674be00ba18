// Package exchange is where a node's domain and the wire meet: it turns what the
// services decide into activities, every one through the egress gate, and what
// arrives into calls of the services. Nothing else in the node builds or reads
// an activity.
package exchange
