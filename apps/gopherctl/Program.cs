using GopherMesh.Gopherctl.Commands;

using var interrupt = new Interrupt();
return await EntryPoint.RunAsync(args, Terminal.OfProcess(), interrupt);
