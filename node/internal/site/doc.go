// Package site serves the pages of a member's node: it reads forms, asks the
// domain's services with the person signed in, and fills page structs. It knows
// no database, no policy and no wire.
package site
