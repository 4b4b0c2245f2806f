namespace Pulumi;

/// <summary>Runs a program until everything that it started has ended, or the first of it has failed.</summary>
internal sealed class Runner(DeploymentLog log)
{
    private const int FailureIsLogged = 32;
    private readonly TaskMonitor _tasks = new();

    public void RegisterTask(Task task) => _tasks.Add(task);

    public async Task RunAsync(Func<Stack> createStack)
    {
        try
        {
            var stack = createStack();
            stack.RegisterPropertyOutputs();
            RegisterTask(stack.Outputs.DataTask);
        }
        catch (Exception e)
        {
            Fail([e]);
            return;
        }

        Fail(await _tasks.IdleOrFailedAsync().ConfigureAwait(false));
    }

    private void Fail(IReadOnlyCollection<Exception> exceptions)
    {
        if (exceptions.Count == 0)
        {
            return;
        }

        foreach (var exception in exceptions)
        {
            log.Error(Describe(exception));
        }

        Environment.ExitCode = FailureIsLogged;
    }

    private static string Describe(Exception exception) => exception switch
    {
        RunException => exception.Message,
        ResourceException { HideStack: true } => exception.Message,
        ResourceException => exception.ToString(),
        _ => $"Running program '{System.Reflection.Assembly.GetEntryAssembly()?.Location}' failed with an unhandled exception:\n{exception}",
    };
}
