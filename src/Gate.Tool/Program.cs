using Gate.Tool.CommandLine;

return new GateProcess(args).Run();
