def run(*, rows: int) -> None:
    print("inbox: later")
