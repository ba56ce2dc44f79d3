print("guest-init")
