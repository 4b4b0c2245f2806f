namespace Pulumi;

public sealed partial class Deployment
{
    private const string Refusal =
        """
        error: this program was built with PulumiSdk=stand-in and does not run under Pulumi's engine.
          why: the stand-in (tests/pulumi-stand-in) only knows testing mocks. It is for compiling, testing and rehearsing the program
               where Pulumi's packages are not available; it would create nothing.
          to do: build against Pulumi's own packages: unset PulumiSdk (environment, command line and PulumiSdk.props), restore from a
               NuGet feed that carries Pulumi, Pulumi.Aws, Pulumi.Command, Pulumi.Eks and Pulumi.Kubernetes, and run `pulumi up` again.
               To see the program live without them, run `./gopherctl rehearse`.
        """;

    public static Task<int> RunAsync(Action action) => Refuse();

    public static Task<int> RunAsync(Func<IDictionary<string, object?>> func) => Refuse();

    public static Task<int> RunAsync(Func<Task> func) => Refuse();

    public static Task<int> RunAsync(Func<Task<IDictionary<string, object?>>> func, StackOptions? options = null) => Refuse();

    public static Task<int> RunAsync<TStack>()
        where TStack : Stack, new()
        => Refuse();

    public static Task<int> RunAsync<TStack>(IServiceProvider serviceProvider)
        where TStack : Stack
        => Refuse();

    // The exit code is set as well as returned: a program that drops the result must not look as if it had deployed.
    private static Task<int> Refuse()
    {
        Console.Error.WriteLine(Refusal);
        Environment.ExitCode = 1;
        return Task.FromResult(Environment.ExitCode);
    }
}
