using System.Collections.Immutable;
using System.Reflection;
using Pulumi.Testing;

namespace Pulumi;

public sealed partial class Deployment
{
    public static Task<ImmutableArray<Resource>> TestAsync<TStack>(IMocks mocks, TestOptions? options = null)
        where TStack : Stack, new()
        => TestAsync(mocks, options, CreateUnwrapped<TStack>);

    public static Task<ImmutableArray<Resource>> TestWithServiceProviderAsync<TStack>(
        IMocks mocks, IServiceProvider serviceProvider, TestOptions? options = null)
        where TStack : Stack
        => TestAsync(mocks, options, () => serviceProvider.GetService(typeof(TStack)) as TStack ?? throw new InvalidOperationException(
            $"Failed to resolve instance of type {typeof(TStack)} from service provider. " +
            "Register the type with the service provider before calling RunAsync."));

    public static Task<(ImmutableArray<Resource> Resources, IDictionary<string, object?> Outputs)> TestAsync(
        IMocks testMocks, TestOptions testOptions, Func<Task<IDictionary<string, object?>>> createResources)
        => TestAsync(testMocks, testOptions, () => createResources().GetAwaiter().GetResult());

    public static async Task<(ImmutableArray<Resource> Resources, IDictionary<string, object?> Outputs)> TestAsync(
        IMocks testMocks, TestOptions testOptions, Func<IDictionary<string, object?>> createResources)
    {
        var resources = await TestAsync(testMocks, testOptions, () => new FunctionStack(createResources)).ConfigureAwait(false);
        return (resources.RemoveAll(resource => resource is FunctionStack), resources.OfType<FunctionStack>().Last().Outputs);
    }

    public static Task<ImmutableArray<Resource>> TestAsync(IMocks testMocks, TestOptions testOptions, Func<Task> createResources)
        => TestAsync(testMocks, testOptions, (Action)(() => createResources().GetAwaiter().GetResult()));

    public static async Task<ImmutableArray<Resource>> TestAsync(IMocks testMocks, TestOptions testOptions, Action createResources)
    {
        var (resources, _) = await TestAsync(testMocks, testOptions, CreateWithoutOutputs).ConfigureAwait(false);
        return resources;

        IDictionary<string, object?> CreateWithoutOutputs()
        {
            createResources();
            return new Dictionary<string, object?>();
        }
    }

    /// <exception cref="RunException">The program failed; several failures come as an <see cref="AggregateException"/>.</exception>
    private static async Task<ImmutableArray<Resource>> TestAsync(IMocks mocks, TestOptions? options, Func<Stack> createStack)
    {
        var monitor = new MockMonitor(mocks);
        var deployment = new Deployment(monitor, options);
        Enter(deployment);
        await deployment.Runner.RunAsync(createStack).ConfigureAwait(false);
        return deployment.Log.Errors switch
        {
            [] => monitor.Resources,
            [var error] => throw new RunException(error),
            var errors => throw new AggregateException(errors.Select(error => new RunException(error))),
        };
    }

    // What `new TStack()` would throw is a TargetInvocationException, not the constructor's own exception.
    private static TStack CreateUnwrapped<TStack>()
        where TStack : Stack =>
        (TStack)Activator.CreateInstance(typeof(TStack), BindingFlags.DoNotWrapExceptions, binder: null, args: null, culture: null)!;

    /// <summary>The stack around a program that is a function.</summary>
    private sealed class FunctionStack : Stack
    {
        public FunctionStack(Func<IDictionary<string, object?>> createResources) => Outputs = createResources();

        public new IDictionary<string, object?> Outputs { get; }
    }
}
