print("panicroom")
