package stack

import (
	"context"
	"crypto/rand"
	"strings"

	"example.com/presigned/local/cognito"
)

// demoUser is the user of the article that this project implements.
const demoUser = "johndoe"

// addUser creates the demo user with a password of this run.
func (s *Stack) addUser(context.Context) error {
	s.Summary.Username = demoUser
	// Of every class that a user pool's policy may ask for, and 24 characters long.
	s.Summary.Password = "Local-7-" + strings.ToLower(rand.Text()[:16])
	_, err := s.Pool.AddUser(s.Summary.Username, s.Summary.Password, cognito.UserOptions{})
	return err
}
