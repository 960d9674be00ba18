// Package federation is the published language of the network: the activities
// that members exchange, as plain Go values with the limits that hold for them.
//
// It has no place for class A or B data: no field of any type here can carry a
// name, a number, an address, a telephone number, an attachment or free text
// about a person. It imports the standard library, federation/fault and
// federation/vocabulary only. How these values become
// ActivityStreams JSON is the business of federation/gofed; how they are signed,
// of federation/sign; how they are kept and sent, of federation/mailbox and
// federation/delivery.
package federation
