await Console.Out.WriteLineAsync("nothing yet");
