"""What recorded events and reviews suggest to change next: promotions, exceptions, drafts of policies; each with its numbers."""
