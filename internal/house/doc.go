// Package house holds the tests of the project's own rules.
package house
