// The Swift package manager calls the main function of an executable NAME_main; libFuzzer's own is called main.
int fuzz_main(int count, char **arguments);
